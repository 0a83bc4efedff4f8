-- Whether a public complaint's sender had their data erased.
SELECT geoapp.is_erased(:city_code, :ticket)
