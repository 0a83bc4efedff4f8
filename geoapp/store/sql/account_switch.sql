UPDATE geoapp.account SET active = :active
WHERE city_code = :city_code AND id = :account_id AND active <> :active
RETURNING id
