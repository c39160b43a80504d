{{ indikatorwerte('betreuung') }}
