"""Names by which people look for a time zone that is called after another city. Facts only, one zone a line.

Large cities and what a zone's hour is called, in English, in German and as its people write them; and what
countries are called beside the names that CLDR has. Search ignores capitals and accents.
"""

from __future__ import annotations

from functools import cache

_ZONES = """
Europe/London: GMT, BST, England, Scotland, Schottland, Wales, Northern Ireland, Nordirland, Manchester,\
 Birmingham, Leeds, Liverpool, Bristol, Sheffield, Edinburgh, Glasgow, Cardiff, Belfast, Cambridge, Oxford
Europe/Dublin: Cork, Galway, Limerick
Europe/Lisbon: WET, Porto, Oporto, Braga
Europe/Madrid: CET, CEST, Barcelona, Valencia, Sevilla, Seville, Zaragoza, Malaga, Bilbao, Palma, Mallorca
Atlantic/Canary: Las Palmas, Tenerife, Teneriffa
Europe/Paris: CET, CEST, Lyon, Marseille, Toulouse, Nice, Nizza, Nantes, Strasbourg, Straßburg, Bordeaux,\
 Lille
Europe/Brussels: CET, CEST, Antwerp, Antwerpen, Ghent, Gent, Bruges, Brügge, Liège, Lüttich
Europe/Amsterdam: CET, CEST, Rotterdam, The Hague, Den Haag, Utrecht, Eindhoven, Holland
Europe/Berlin: CET, CEST, MEZ, MESZ, Munich, München, Hamburg, Cologne, Köln, Frankfurt, Stuttgart,\
 Düsseldorf, Leipzig, Dresden, Hanover, Hannover, Nuremberg, Nürnberg, Bremen, Bonn, Dortmund, Essen,\
 Duisburg, Bochum, Mannheim, Karlsruhe, Heidelberg, Freiburg, Münster, Mainz, Kiel, Rostock, Augsburg,\
 Bavaria, Bayern
Europe/Zurich: CET, CEST, MEZ, MESZ, Geneva, Genf, Genève, Basel, Bern, Berne, Lausanne, Lucerne, Luzern,\
 St. Gallen, Winterthur, Lugano
Europe/Vienna: CET, CEST, MEZ, MESZ, Graz, Linz, Salzburg, Innsbruck, Klagenfurt
Europe/Rome: CET, CEST, Milan, Mailand, Milano, Naples, Neapel, Napoli, Turin, Torino, Florence, Florenz,\
 Firenze, Venice, Venedig, Venezia, Bologna, Genoa, Genua, Genova, Palermo, Verona, Bolzano, Bozen
Europe/Copenhagen: CET, CEST, Aarhus, Odense
Europe/Stockholm: CET, CEST, Gothenburg, Göteborg, Malmö, Uppsala
Europe/Oslo: CET, CEST, Bergen, Trondheim, Stavanger
Europe/Prague: CET, CEST, Brno, Brünn, Ostrava
Europe/Warsaw: CET, CEST, Krakow, Kraków, Krakau, Gdansk, Danzig, Wroclaw, Breslau, Poznan, Posen, Lodz,\
 Katowice
Europe/Budapest: CET, CEST, Debrecen
Europe/Bratislava: Kosice
Europe/Zagreb: Split, Dubrovnik, Rijeka
Europe/Belgrade: Novi Sad, Nis
Europe/Helsinki: EET, EEST, Espoo, Tampere, Turku
Europe/Athens: EET, EEST, Thessaloniki, Saloniki, Patras, Crete, Kreta
Europe/Bucharest: EET, EEST, Cluj, Timisoara, Iasi, Klausenburg
Europe/Sofia: Plovdiv, Varna
Europe/Vilnius: Kaunas
Europe/Kyiv: EET, EEST, Kiev, Kiew, Kharkiv, Charkiw, Odesa, Odessa, Lviv, Lwiw, Lemberg, Dnipro
Europe/Istanbul: Ankara, Izmir, Antalya, Bursa
Europe/Moscow: MSK, St. Petersburg, Saint Petersburg, Sankt Petersburg, Nizhny Novgorod, Kazan, Sochi, Rostov
Asia/Yekaterinburg: Chelyabinsk, Ufa, Perm
America/New_York: EST, EDT, Eastern Time, Washington, Boston, Philadelphia, Miami, Atlanta, Orlando, Tampa,\
 Pittsburgh, Baltimore, Charlotte, Cleveland, Cincinnati, Buffalo, Raleigh, Brooklyn, Manhattan, Florida,\
 Georgia, Virginia
America/Detroit: Ann Arbor, Michigan
America/Chicago: CST, CDT, Central Time, Houston, Dallas, Austin, San Antonio, Fort Worth, Minneapolis,\
 St. Louis, Milwaukee, Nashville, Memphis, New Orleans, Kansas City, Oklahoma City, Omaha, Texas, Illinois
America/Denver: MST, MDT, Mountain Time, Salt Lake City, Albuquerque, El Paso, Colorado Springs, Boulder, Utah
America/Phoenix: Tucson, Mesa, Scottsdale, Arizona
America/Los_Angeles: PST, PDT, Pacific Time, San Francisco, San Diego, San José, San Jose, Seattle,\
 Portland, Las Vegas, Sacramento, Oakland, Palo Alto, Silicon Valley, Hollywood, California, Kalifornien,\
 Nevada, Oregon
America/Anchorage: Alaska, Fairbanks
Pacific/Honolulu: Hawaii, Waikiki, Maui
America/Toronto: Montreal, Montréal, Ottawa, Quebec, Hamilton, Ontario
America/Winnipeg: Manitoba
America/Edmonton: Calgary, Alberta
America/Vancouver: British Columbia, Whistler
America/Mexico_City: Guadalajara, Puebla, CDMX
America/Tijuana: Mexicali
America/Sao_Paulo: Rio de Janeiro, Brasília, Brasilia, Belo Horizonte, Curitiba, Porto Alegre, Florianopolis
America/Argentina/Buenos_Aires: Rosario, La Plata
America/Argentina/Cordoba: Córdoba
America/Bogota: Medellín, Cali, Cartagena, Barranquilla
America/Lima: Cusco, Arequipa
America/Guayaquil: Quito, Cuenca
America/Caracas: Maracaibo
America/Santiago: Valparaíso, Concepción
America/La_Paz: Santa Cruz, Cochabamba
Africa/Casablanca: Marrakesh, Marrakesch, Rabat, Tangier, Tanger, Agadir
Africa/Cairo: Alexandria, Giza, Gizeh
Africa/Lagos: Abuja, Kano, Ibadan
Africa/Accra: Kumasi
Africa/Nairobi: Mombasa
Africa/Addis_Ababa: Addis Abeba
Africa/Johannesburg: SAST, Cape Town, Kapstadt, Durban, Pretoria, Port Elizabeth
Africa/Dar_es_Salaam: Zanzibar, Sansibar, Dodoma
Asia/Jerusalem: Tel Aviv, Haifa
Asia/Dubai: Abu Dhabi, Sharjah
Asia/Riyadh: Jeddah, Dschidda, Mecca, Mekka, Medina
Asia/Tehran: Isfahan, Shiraz, Mashhad
Asia/Karachi: PKT, Lahore, Islamabad, Rawalpindi, Faisalabad
Asia/Kolkata: IST, Calcutta, Kalkutta, Mumbai, Bombay, Delhi, New Delhi, Neu-Delhi, Bangalore, Bengaluru,\
 Chennai, Madras, Hyderabad, Pune, Ahmedabad, Jaipur, Kochi, Goa, Lucknow, Gurgaon, Noida
Asia/Kathmandu: Pokhara
Asia/Dhaka: Chittagong
Asia/Yangon: Rangoon, Rangun, Mandalay
Asia/Bangkok: Phuket, Chiang Mai, Pattaya
Asia/Ho_Chi_Minh: Saigon, Hanoi, Da Nang
Asia/Jakarta: Bandung, Surabaya, Java
Asia/Makassar: Bali, Denpasar
Asia/Kuala_Lumpur: Penang, Johor Bahru
Asia/Singapore: SGT
Asia/Manila: Cebu, Quezon City, Davao
Asia/Shanghai: Beijing, Peking, Shenzhen, Guangzhou, Canton, Kanton, Chengdu, Hangzhou, Wuhan, Nanjing,\
 Tianjin, Chongqing, Xi'an, Suzhou, Qingdao
Asia/Hong_Kong: HKT, Kowloon
Asia/Taipei: Kaohsiung, Taichung
Asia/Tokyo: JST, Osaka, Kyoto, Yokohama, Nagoya, Sapporo, Fukuoka, Kobe, Hiroshima
Asia/Seoul: KST, Busan, Incheon
Asia/Almaty: Astana, Nur-Sultan
Australia/Sydney: AEST, AEDT, Canberra, Newcastle, Wollongong
Australia/Melbourne: AEST, AEDT, Geelong, Victoria
Australia/Brisbane: AEST, Gold Coast, Cairns, Queensland
Australia/Perth: AWST, Fremantle
Australia/Adelaide: ACST, ACDT
Australia/Hobart: Tasmania, Tasmanien
Pacific/Auckland: NZST, NZDT, Wellington, Christchurch, Queenstown
"""

_COUNTRIES = """
US: USA, U.S., America, Amerika, States
GB: UK, U.K., Britain, Great Britain, Großbritannien
AE: UAE, VAE, Emirates, Emirate
NL: Holland
CZ: Czech Republic, Tschechische Republik
TR: Turkey, Türkiye
CI: Ivory Coast
MM: Burma, Birma
MK: Macedonia, Mazedonien
KR: Korea
CN: PRC
BY: Belorussia, Weißrussland
IE: Eire
CD: Congo, Kongo
VA: Vatican, Vatikan
CV: Cape Verde, Kapverden
TL: East Timor, Osttimor
SZ: Swaziland, Swasiland
NZ: Aotearoa
SA: KSA
RU: Russia
DE: BRD
CH: Suisse, Svizzera
"""


@cache
def of_zones() -> dict[str, tuple[str, ...]]:
    """Cities and other names that have the hour of a zone."""
    return _read(_ZONES)


@cache
def of_countries() -> dict[str, tuple[str, ...]]:
    """What people call a country, by its code."""
    return _read(_COUNTRIES)


def _read(text: str) -> dict[str, tuple[str, ...]]:
    lines = (line.partition(": ") for line in text.strip().splitlines())
    return {key: tuple(name.strip() for name in names.split(",")) for key, _, names in lines}
