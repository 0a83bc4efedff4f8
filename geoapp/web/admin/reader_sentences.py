"""The sentences of readers and use cases by their form; `%(…)s` stands for what they name."""

from __future__ import annotations

from flask_babel import lazy_gettext

OPTIONS = {
    "--crs": lazy_gettext("“Coordinate system”"),
    "--code-field": lazy_gettext("“Column with the codes”"),
    "--name-field": lazy_gettext("“Column with the names”"),
    "--parent-field": lazy_gettext("“Column with the code of the kecamatan”"),
    "--parent-name-field": lazy_gettext("“Column with the name of the kecamatan”"),
    "--admin-level": lazy_gettext("“Level of an OpenStreetMap extract”"),
    "--merge-duplicates": lazy_gettext("“Several shapes with the same code”"),
    "--leave-out-refused": lazy_gettext("“Leave out areas that cannot be used”"),
    "--max-repair-change": lazy_gettext("“Most that a repair may change an area, in per cent”"),
    "--table": lazy_gettext("“Table”"),
    "--authority-field": lazy_gettext("“Column with who keeps the road”"),
    "--authority-word": lazy_gettext("“What words of that column mean”"),
    "--ref-field": lazy_gettext("“Column with the number of the road”"),
    "--authority": lazy_gettext("“Who keeps roads that don't say so”"),
    "--gaps-under": lazy_gettext("“Close gaps under, m²”"),
    "--overlaps": lazy_gettext("“Ground that two areas claim goes”"),
    "--max-change": lazy_gettext("“Largest change of an area, in per cent”"),
    "--other-codes": lazy_gettext("“Most codes are others, and that is right”"),
}
"""What the form calls the options of the command."""


def _(msgid: str) -> str:
    """Mark a text for the catalogues; it is looked up when it is said."""
    return msgid


SENTENCES = (
    _("degrees, as GeoJSON without a crs member is WGS 84 (RFC 7946)"),
    _("given by the caller"),
    _("declared by the file"),
    _("as degrees they meet the city"),
    _("as stored"),
    _("nothing is drawn in it"),
    _(
        "%(how)s; only with the axes swapped (latitude or northing first) do the areas meet "
        "the city"
    ),
    _(
        "degrees, but only with the axes swapped (latitude or northing first) do the areas "
        "meet the city"
    ),
    _("the file declares %(crs)s, but so its areas would lie off the earth; %(then)s"),
    _(
        "the file declares %(crs)s, but so its areas would lie around longitude %(lon)s, "
        "latitude %(lat)s; %(then)s"
    ),
    _("read as %(code)s (%(name)s), %(share)s of the vertices lie in the city's envelope"),
    _(
        "read as %(code)s (%(name)s), %(share)s of the vertices lie in the city's envelope, "
        "with northing first"
    ),
    _("x runs from %(west)s to %(east)s, y from %(south)s to %(north)s"),
    _(
        "The areas lie elsewhere than the city: %(found)s; expected: longitude %(west)s to "
        "%(east)s, latitude %(south)s to %(north)s."
    ),
    _("Check that the file is this city's; if it isn't in degrees, give --crs."),
    _(
        "Read as %(crs)s, the areas lie around longitude %(lon)s, latitude %(lat)s; "
        "expected: longitude %(west)s to %(east)s, latitude %(south)s to %(north)s."
    ),
    _("Check --crs, and that the file is this city's."),
    _("The coordinates look like feet: %(found)s; read as feet of %(name)s they meet the city."),
    _("Say which foot with --crs: the EPSG code of the CRS in feet, such as EPSG:2249."),
    _("The CRS can't be guessed: %(found)s; neither degrees nor %(tried)s puts them in the city."),
    _("Give the CRS with --crs, for instance --crs EPSG:32748."),
    _("The CRS %(name)s isn't known."),
    _("Give --crs an EPSG code, for instance --crs EPSG:32748."),
    _("Read as %(crs)s, some positions aren't on earth."),
    _("The file mixes CRSs or has broken positions; repair it, or give --crs."),
    _('The "crs" member of %(name)s can\'t be understood: %(what)s.'),
    _("Remove it and give --crs, for instance --crs EPSG:32748."),
    _("schema %(schema)s, format %(format)s"),
    _("no attribute holds a name; the code stands for it"),
    _("no attribute holds a code; the name stands for it"),
    _("%(n)s areas could not be simplified together with their neighbours"),
    _("%(n)s service areas cover the city or whole kelurahan, undrawn"),
    _("drawn on the map or named by area"),
    _(
        "%(first)s and %(second)s have equal rank (priority %(n)s) in the whole city: "
        "%(first)s acts, by its code alone"
    ),
    _(
        "%(first)s and %(second)s have equal rank (priority %(n)s) on %(ground)s m²: "
        "%(first)s acts, by its code alone"
    ),
    _("%(file)s: %(n)s values of service areas that do not fit the city: %(which)s"),
    _("Load the catalogue and the kelurahan first, or correct the file's attributes."),
    _("named as %(ending)s, but its content is %(format)s"),
    _("open ring closed"),
    _("ring with fewer than three corners dropped"),
    _("points and lines beside the polygons dropped"),
    _("Self-intersection[%(at)s]"),
    _("Ring Self-intersection[%(at)s]"),
    _("%(why)s; nothing is left when repaired"),
    _("%(why)s; repairing changes its area by %(change)s m² (%(share)s), more than %(most)s"),
    _("no geometry, or none with an area"),
    _(
        "%(code)s: feature %(number)s lies around longitude %(lon)s, latitude %(lat)s, far from "
        "the city"
    ),
    _("feature %(number)s lies around longitude %(lon)s, latitude %(lat)s, far from the city"),
    _(
        "Correct their coordinates where the file was made, or import the others with "
        "--leave-out-refused."
    ),
    _("its CRS isn't a registered one and was judged by its coordinates"),
    _("%(name)s is empty."),
    _("Give a file with areas in it."),
    _("Give a file with areas in it, or download it again."),
    _("Give a file with areas in it; an export filter may have let nothing through."),
    _("%(name)s is a FeatureCollection without features."),
    _("%(name)s is a %(kind)s without features."),
    _("%(name)s is larger than %(most)s MB."),
    _("The file has more than %(most)s MB."),
    _("Cut it to the city, or simplify it: ogr2ogr -spat … -simplify …"),
    _("Cut it to the city: ogr2ogr -spat …"),
    _("Cut it to the city; or have whoever runs this server raise GEOAPP_IMPORT_MAX_MB."),
    _("%(name)s has some %(n)s positions and objects; at most %(most)s are read."),
    _("%(name)s has some %(n)s vertices; at most %(most)s are read."),
    _("%(name)s has more than %(most)s positions."),
    _("%(name)s has more than %(most)s features."),
    _("%(name)s isn't UTF-8 text: byte %(byte)s at %(at)s."),
    _("GeoJSON and SQL must be UTF-8. %(convert)s"),
    _("Convert it: %(how)s"),
    _("%(name)s is broken JSON: %(what)s."),
    _("%(name)s holds no map: it begins with %(start)s."),
    _("These formats are read: %(formats)s."),
    _("GeoJSON and SQL must be UTF-8. These formats are read: %(formats)s."),
    _("Give a GeoJSON FeatureCollection. %(convert)s"),
    _("Give a GeoJSON FeatureCollection."),
    _("%(name)s is JSON, but a %(kind)s and not a FeatureCollection."),
    _("%(name)s is %(what)s, which isn't read."),
    _("%(name)s is nested too deeply to be GeoJSON."),
    _("%(name)s isn't well-formed XML: %(what)s."),
    _("%(name)s declares a document type or entities, which KML has no use for (%(what)s)."),
    _("Remove the <!DOCTYPE …> and save the file again."),
    _("%(name)s is KML without a Placemark."),
    _("%(name)s is cut short: %(n)s of %(whole)s bytes."),
    _("Export or download it again."),
    _("%(name)s can't be read as %(kind)s: %(what)s"),
    _("It is cut short or broken: export or download it again."),
    _("%(name)s can't be read: %(what)s."),
    _("%(name)s holds %(n)s tables: %(tables)s."),
    _("Choose one with --table."),
    _("Choose one of them with --table."),
    _("%(name)s has no table with geometries."),
    _("The zip archive %(name)s is broken: %(what)s."),
    _("Zip the files anew, or download it again."),
    _("%(name)s holds %(member)s, %(fault)s."),
    _("Zip the files anew, without folders and links."),
    _(
        "%(name)s has %(size)s MB and unpacks to more than %(most)s MB: a zip bomb, or far "
        "more than one city."
    ),
    _("%(name)s holds more than %(most)s files."),
    _("%(name)s is a zip archive without a .shp or .kml in it; it holds %(what)s."),
    _("%(name)s has %(shape)s without its .dbf, which holds codes and names."),
    _("Zip its .shp, .shx, .dbf and .prj together."),
    _("Reading %(name)s took more than %(most)s s and was stopped."),
    _("Reading %(name)s takes more than %(most)s MB of memory and was stopped."),
    _("Cleaning took more than %(most)s s and was stopped."),
    _("Cleaning takes more than %(most)s MB of memory and was stopped."),
    _("Another file is being read or cleaned on this server."),
    _("Try again in a minute."),
    _("names cut to %(most)s characters (%(n)s): %(codes)s"),
    _("Export the file anew as GeoJSON."),
    _("No feature has an attribute %(wanted)s; there are: %(known)s."),
    _("Give %(option)s the name of an attribute of the file."),
    _("Feature %(number)s has no value in %(column)s."),
    _("Fill it in, or choose another attribute with --code-field."),
    _("%(n)s of %(all)s features have no value in %(column)s, the first is feature %(first)s."),
    _("Fill it in, or choose another attribute with --code-field; there are: %(known)s."),
    _("No attribute is known to hold a code; there are: %(known)s."),
    _("Name the one that identifies an area with --code-field (and --name-field)."),
    _("%(n)s codes occur more than once: %(codes)s."),
    _(
        "If they are parts of one area, merge them with --merge-duplicates; otherwise choose "
        "another attribute with --code-field."
    ),
    _("No area of %(city)s is in the file; its codes begin with %(codes)s."),
    _("Give the file of this city, or choose the other city with --city."),
    _("The file holds several admin_level: %(levels)s."),
    _("Choose one with --admin-level; for kelurahan it is 7 or 9 in Indonesia."),
    _("No feature has admin_level %(level)s; there are: %(levels)s."),
    _("Choose one of them with --admin-level."),
    _("No feature of the file has a geometry with an area."),
    _("Export the layer of areas with its geometry."),
    _("%(who)s is %(what)s; areas must be polygons."),
    _("Export the layer of areas, not that of their labels, offices or outlines."),
    _("%(who)s has a geometry of type %(what)s, which isn't known."),
    _("%(who)s has coordinates that aren't a list."),
    _("%(who)s has something other than numbers among its coordinates."),
    _("A ring is a list of [longitude, latitude] positions."),
    _("%(who)s has the position %(at)s."),
    _("Coordinates must be finite numbers; repair the file where it was made."),
    _("%(n)s of %(all)s areas can't be used: %(which)s."),
    _(
        "Repair them where the file was made; or accept a larger change with "
        "--max-repair-change, or import the others with --leave-out-refused."
    ),
    _("Road files hold lines; only areas are read here."),
    _("No feature of the file has a line."),
    _("Export the layer of roads with its geometry."),
    _("%(who)s is %(what)s; roads must be lines."),
    _("Export the layer of the roads' middle lines, not of their surfaces."),
    _("No road of the file comes near the city (read as %(crs)s)."),
    _("Check that the file is of this region, or give its CRS with --crs."),
    _(
        "Feature %(number)s has %(column)s %(word)s, which isn't understood as city, province "
        "or nation."
    ),
    _("Say what it means: --authority-word %(word)s=city"),
    _("Fill it in, or say who keeps such roads with --authority."),
    _("%(column)s doesn't say who keeps the roads: %(words)s."),
    _(
        "Say what its words mean, such as --authority-word %(word)s=province; choose another "
        "attribute with --authority-field; or give all of them one keeper with --authority."
    ),
    _("The code of feature %(number)s has %(n)s characters: %(code)s"),
    _("Codes have at most %(most)s; choose another attribute with --code-field."),
    _("No attribute says who keeps the roads; there are: %(known)s."),
    _("Choose it with --authority-field, or give all of them one keeper with --authority."),
    _("%(address)s is no web address."),
    _("The host %(host)s isn't known."),
    _("Check the address."),
    _("Write https://… or http://…"),
    _("The host %(host)s is %(address)s, which isn't a public address."),
    _(
        "Upload the file instead; or have whoever runs this server set "
        "GEOAPP_IMPORT_PRIVATE_HOSTS=1."
    ),
    _("%(host)s answers %(status)s."),
    _("Check the address in a browser that isn't signed in anywhere."),
    _("%(host)s is too slow: nothing more came in time."),
    _("%(host)s can't be asked: %(why)s."),
    _("Check the address; or download the file yourself and upload it."),
    _("Download the file yourself and upload it."),
    _("%(host)s gives a web page, not a file."),
    _("Set %(set)s has nothing to clean: no overlap to resolve and no gap under %(limit)s m²."),
    _("Its report lists what gaps there are; a larger --gaps-under closes larger ones."),
    _("The borders of set %(set)s can't be brought together without a fault."),
    _("Clean the file where it was made, for instance with GRASS v.clean, and import that."),
    _("%(what)s Nothing was stored."),
    _(
        "Close smaller gaps only (--gaps-under), give overlaps to others (--overlaps), or "
        "allow a larger change (--max-change)."
    ),
    _("Boundary set %(set)s of %(city)s is active; what was in force is kept."),
    _("Boundary set %(set)s of %(city)s is retired; what was in force is kept."),
    _("Only staged sets can be discarded."),
    _("Activation %(n)s of set %(set)s is under way."),
    _("Undo the activation first, then discard the set."),
    _("Boundary set %(set)s of %(city)s isn't staged."),
    _("Stage a copy of a set that was in force; it is never changed itself."),
    _("Of the %(n)s kelurahan in force only %(same)s occur in set %(set)s, which stays staged."),
    _("Is it the right layer and code attribute? If so, activate it with --other-codes."),
    _("Activation %(n)s is under way in %(city)s."),
    _("Wait for it, carry it on, or undo it first."),
    _("Activation %(n)s is %(state)s already."),
    _("Its set is in force. Stage a copy of the former set and activate that."),
    _("Other service areas came into force since this activation began."),
    _("Undo it and begin anew."),
    _("Activation %(n)s didn't get its moment: something holds submissions up."),
    _("Is an import running? Carry the activation on when it has ended."),
    _("Nothing is under way for this set."),
    _("Ask for a preview of what would change first."),
    _("GeoJSON, GeoPackage, zipped Shapefile, KML, KMZ, FlatGeobuf and wilayah_boundaries SQL"),
    _("Zip only the .shp, .shx, .dbf, .prj and .cpg of one layer."),
    _("Export the Shapefile anew, or download it again."),
    _("Give a zipped Shapefile or a KMZ; other formats are given unpacked."),
    _("%(name)s has an INSERT into wilayah_boundaries, but no rows."),
    _("GeoJSON needs about ten levels; export the file anew."),
    _("%(name)s is %(what)s, not a FeatureCollection."),
    _("Areas need a code, so give a GeoJSON FeatureCollection with properties. %(convert)s"),
    _("Feature %(number)s of %(name)s is a %(kind)s, not an object."),
    _("%(who)s has a position without a latitude."),
    _("Coordinates are longitude,latitude pairs with blanks between them."),
    _("Save it again as KML, or download it again."),
    _("%(who)s nests MultiGeometry more than %(most)s deep."),
    _("Save it again as KML."),
    _("%(who)s has something other than numbers among its coordinates: %(what)s."),
    _("%(name)s is XML, but of <%(tag)s> and not KML."),
    _("Convert it: ogr2ogr -t_srs EPSG:4326 areas.geojson %(name)s"),
    _("%(name)s is nested too deeply to be KML."),
    _("%(name)s is an SQLite file, but no GeoPackage: it has no table gpkg_contents."),
    _("Export the layer of areas as GeoPackage or GeoJSON."),
    _("%(name)s has no table %(table)s with geometries; there are: %(known)s."),
    _("It must be JSON of [lat, lng] positions, three deep (Polygon) or four (MultiPolygon)."),
    _("The SQL can't be read at line %(line)s: %(what)s."),
    _("Use a wilayah_boundaries file as published; only its INSERT statements are read."),
    _("The INSERT names the columns %(known)s; %(missing)s is missing."),
    _("Use a wilayah_boundaries file as published, with kode, nama, lat, lng, path."),
    _("Choose the layer kelurahan or service_area."),
    _(
        "The CRS can't be guessed: %(found)s; neither degrees nor EPSG:%(first)s, %(others)s "
        "puts them in the city."
    ),
    _("The areas lie elsewhere than the city: %(found)s."),
    _(
        "The coordinates aren't degrees: %(found)s; where the city lies isn't known, so their "
        "CRS can't be guessed."
    ),
    _("It is broken in a way nobody has met yet: export it anew, in another format if need be."),
)
"""Of those that fit, the one with the most words of its own is taken, whatever the order."""

ON_PAGES = {
    "Give the file of this city, or choose the other city with --city.": _(
        "Give the file of this city; another city's belongs on that city's pages."
    ),
    "Repair them where the file was made; or accept a larger change with "
    "--max-repair-change, or import the others with --leave-out-refused.": _(
        "Repair them where the file was made; or allow a larger change in "
        "--max-repair-change, or import the others with --leave-out-refused."
    ),
    "Close smaller gaps only (--gaps-under), give overlaps to others (--overlaps), or "
    "allow a larger change (--max-change).": _(
        "Close smaller gaps only (--gaps-under), give overlaps to others (--overlaps), or "
        "allow a larger change in --max-change."
    ),
    "Its report lists what gaps there are; a larger --gaps-under closes larger ones.": _(
        "Its report lists what gaps there are; a larger size in --gaps-under closes larger ones."
    ),
    "Say what it means: --authority-word %(word)s=city": _(
        "Say in --authority-word what it means, such as %(word)s=city."
    ),
    "Say what its words mean, such as --authority-word %(word)s=province; choose another "
    "attribute with --authority-field; or give all of them one keeper with --authority.": _(
        "Say in --authority-word what its words mean, such as %(word)s=province; choose another "
        "column in --authority-field; or give all of them one keeper in --authority."
    ),
}
"""Sentences that a page says otherwise than the command: its form has other ways."""
