{{ indikatoren_breit('schule') }}
