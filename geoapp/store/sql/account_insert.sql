-- A new account; nothing when the city knows the address already.
INSERT INTO geoapp.account (city_code, kind, name, email)
VALUES (:city_code, :kind, :name, :email)
ON CONFLICT ON CONSTRAINT account_email DO NOTHING
RETURNING id
