{{ indikatoren_breit('bevoelkerung') }}
