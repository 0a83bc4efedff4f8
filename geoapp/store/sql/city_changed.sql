-- What administrators changed of a city's agencies, services and days off since its folder
-- replaced that the last time. A day off that was moved is named by the day it was on.
SELECT DISTINCT split_part(event.kind, '.', 1) AS what, event.subject
FROM geoapp.admin_event AS event
WHERE event.city_code = :city_code
  AND split_part(event.kind, '.', 1) IN ('agency', 'service', 'holiday')
  AND event.id > coalesce((
      SELECT max(replaced.id) FROM geoapp.admin_event AS replaced
      WHERE replaced.city_code = :city_code AND replaced.kind = 'catalogue.replaced'), 0)
