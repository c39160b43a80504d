{{ indikatorwerte('staatsangehoerigkeit') }}
