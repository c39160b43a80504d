{{ indikatorwerte('natuerliche_bewegung') }}
