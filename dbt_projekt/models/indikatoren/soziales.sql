{{ indikatoren_breit('soziales') }}
