-- Which moment the city's cells are counted for; null while they can't be read.
SELECT geoapp.density_moment(:city_code)
