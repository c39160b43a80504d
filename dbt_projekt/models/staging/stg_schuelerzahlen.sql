{{ zahlen_je_schule('schuelerzahlen__anzahlen') }}
