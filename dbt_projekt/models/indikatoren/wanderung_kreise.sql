{{ indikatoren_breit('wanderung_kreise') }}
