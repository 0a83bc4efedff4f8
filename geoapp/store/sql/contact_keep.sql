-- Keeps a contact of the complaint at hand; whether mail will come to it, null: no such one.
SELECT geoapp.keep_contact(
    :city_code, :ticket, :role, :name, :email, :phone, :email_digest, :phone_digest, :language,
    :wants_mail, :with_event) AS told
