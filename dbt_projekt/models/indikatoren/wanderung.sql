{{ indikatoren_breit('wanderung') }}
