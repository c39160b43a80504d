{{ indikatorwerte('wanderung_kreise') }}
