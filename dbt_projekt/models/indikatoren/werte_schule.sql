{{ indikatorwerte('schule') }}
