{{ indikatorwerte('bevoelkerung') }}
