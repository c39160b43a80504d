{{ indikatoren_breit('staatsangehoerigkeit') }}
