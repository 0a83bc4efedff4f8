-- Whether a person who is switched on still administers the city.
SELECT EXISTS (
    SELECT FROM geoapp.account
    JOIN geoapp.account_grant
      ON account_grant.city_code = account.city_code
     AND account_grant.account_id = account.id
    WHERE account.city_code = :city_code
      AND account.kind = 'person'
      AND account.active
      AND account_grant.role = 'city_admin'
      AND account_grant.revoked_at IS NULL) AS somebody_is
