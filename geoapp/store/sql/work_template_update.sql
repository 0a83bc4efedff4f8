-- Other words for a text, or its end.
UPDATE geoapp.answer_template
SET name = :name, body = :body, retired_at = CASE WHEN :retired THEN now() END
WHERE city_code = :city_code AND id = :id AND retired_at IS NULL
