-- Gives a complaint to another agency, out of the sight of whoever sends it there.
SELECT geoapp.hand_over(:city_code, :id, :version, :agency) AS moved
