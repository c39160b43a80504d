{{ indikatoren_breit('bedarfsspanne') }}
