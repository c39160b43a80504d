{{ indikatorwerte('bevoelkerungsabgleich') }}
