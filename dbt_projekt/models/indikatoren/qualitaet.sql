{{ indikatoren_breit('qualitaet') }}
