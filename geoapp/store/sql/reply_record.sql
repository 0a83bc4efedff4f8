-- Writes the reporter's reply and what becomes of the complaint.
SELECT geoapp.record_reply(
    :city_code, :ticket, :version, :text, :solved, :status) AS recorded
