{{ indikatoren_breit('index') }}
