{{ indikatorwerte('versorgung') }}
