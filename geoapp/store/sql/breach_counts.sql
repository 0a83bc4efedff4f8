-- Of how many reports contacts are, and how many addresses stand behind them.
SELECT count(DISTINCT complaint_id) AS reports,
       count(DISTINCT coalesce('mail ' || email_digest, 'phone ' || phone_digest)) AS addresses
FROM geoapp.contact
WHERE city_code = :city AND id = ANY (cast(:contacts AS bigint[]))
