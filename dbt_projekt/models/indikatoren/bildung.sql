{{ indikatoren_breit('bildung') }}
