-- Which boundaries each city goes by; another text when they change.
SELECT city_code, version FROM geoapp.boundaries_stand()
