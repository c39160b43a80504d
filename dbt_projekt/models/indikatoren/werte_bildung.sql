{{ indikatorwerte('bildung') }}
