-- Whether another photo has a file with this hash, too.
SELECT EXISTS (SELECT FROM geoapp.photo
               WHERE photo.sha256 = :sha256 AND (photo.city_code <> :city OR photo.id <> :id))
    OR EXISTS (SELECT FROM geoapp.photo
               WHERE photo.small_sha256 = :sha256 AND (photo.city_code <> :city OR photo.id <> :id))
