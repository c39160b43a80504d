{{ indikatoren_breit('erreichbarkeit') }}
