{{ zahlen_je_schule('schulsozialindex__stufen') }}
