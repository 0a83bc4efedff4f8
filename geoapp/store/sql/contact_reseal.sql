-- Puts the same contact under another key.
UPDATE geoapp.contact
SET name_sealed = :name, email_sealed = :email, phone_sealed = :phone,
    email_digest = :email_digest, phone_digest = :phone_digest
WHERE city_code = :city_code AND id = :id
