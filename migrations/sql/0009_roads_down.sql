DROP TABLE geoapp.road_line;
