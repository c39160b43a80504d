{{ indikatoren_breit('altersaufbau') }}
