{{ indikatorwerte('soziales') }}
