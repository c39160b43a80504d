{{ indikatoren_breit('natuerliche_bewegung') }}
