"""Names of an invented country where many peoples live; any likeness to a person is chance."""

FEMALE = (
    "Amina", "Anneliese", "Ásta", "Beatriz", "Çiğdem", "Chiara", "Dolores", "Élodie", "Fatoumata", "Frøydis", "Gül",
    "Hélène", "Inês", "Ioana", "Jadwiga", "Jūratė", "Kalpana", "Leïla", "Lucía", "Mónica", "Naledi", "Ngọc", "Noor",
    "Oksana", "Pilar", "Ruxandra", "Şebnem", "Siobhán", "Sofía", "Thandiwe", "Ursula", "Vlasta", "Wanjiru", "Xiadani",
    "Yael", "Zoë", "Željka", "Ольга", "Ελένη", "美玲",
)  # fmt: skip
MALE = (
    "Adebayo", "Ángel", "Bogdan", "Björn", "Carlos", "Dušan", "Emre", "Fáelán", "François", "Gonçalo", "Hüseyin",
    "Ibrahim", "Ignác", "Jérôme", "Juma", "Jürgen", "Kofi", "László", "Luís", "Łukasz", "Manoj", "Miloš", "Nguyên",
    "Nuño", "Óscar", "Piotr", "Quang", "Raúl", "Rubén", "Søren", "Tāne", "Tomáš", "Vytautas", "Willem", "Yusuf",
    "Zoltán", "Žiga", "Николай", "Γιώργος", "建国",
)  # fmt: skip
FAMILY = (
    "Abara", "Ağaoğlu", "Åkesson", "Almeida", "Banerjee", "Bělohlávek", "Castañeda", "Ciobănescu", "Chukwu",
    "Díaz", "Đorđević", "Eriksdóttir", "Fernández", "Fonseca", "García", "Gonçalves", "Gräfe", "Hernández", "Horváth",
    "Ibáñez", "Jankowski", "Jónsson", "Kaplan", "Kovačević", "Kruger", "Lefèvre", "Löwe", "Mbatha", "Méndez", "Müller",
    "Muñoz", "Nakamura", "Ngô", "Núñez", "O’Brien", "Okafor", "Østergaard", "Pérez", "Petrauskas", "Rönnqvist",
    "Sáenz", "Şahin", "Sørensen", "Štěpánek", "Tamás", "Traoré", "Trần", "Ülker", "Van der Berg", "Wójcik", "Yıldız",
    "Zhang", "Żak",
)  # fmt: skip
