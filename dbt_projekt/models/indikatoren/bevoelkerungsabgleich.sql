{{ indikatoren_breit('bevoelkerungsabgleich') }}
