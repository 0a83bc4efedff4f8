-- What staff sees beside the complaint itself: whether a contact may be read, the rating, and
-- whether it went to the Ombudsman.
SELECT complaint.anonymous, complaint.escalated_at, rating.stars, rating.words, rating.rated_at,
       contact.may_read, contact.has_name, contact.has_email, contact.has_phone,
       contact.unsubscribed, contact.erased_for
FROM geoapp.complaint_work AS complaint
LEFT JOIN geoapp.rating
       ON rating.city_code = complaint.city_code AND rating.complaint_id = complaint.id
LEFT JOIN LATERAL geoapp.contact_standing(complaint.city_code, complaint.ticket) AS contact ON true
WHERE complaint.city_code = :city_code AND complaint.ticket = :ticket
