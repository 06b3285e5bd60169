import zoneinfo

# The program uses the tzdata package alone; the machine's own copy may be years older.
zoneinfo.reset_tzpath(to=())
