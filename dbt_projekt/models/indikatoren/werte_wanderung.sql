{{ indikatorwerte('wanderung') }}
