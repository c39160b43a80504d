{{ indikatorwerte('altersaufbau') }}
