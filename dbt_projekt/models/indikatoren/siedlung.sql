{{ indikatoren_breit('siedlung') }}
