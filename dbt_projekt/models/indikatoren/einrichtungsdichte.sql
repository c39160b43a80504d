{{ indikatoren_breit('einrichtungsdichte') }}
