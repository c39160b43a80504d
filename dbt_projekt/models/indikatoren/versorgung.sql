{{ indikatoren_breit('versorgung') }}
