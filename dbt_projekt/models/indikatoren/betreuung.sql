{{ indikatoren_breit('betreuung') }}
