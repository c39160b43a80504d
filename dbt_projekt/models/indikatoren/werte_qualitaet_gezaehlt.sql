{{ indikatorwerte('qualitaet') }}
