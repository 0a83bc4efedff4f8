"""Words of the dossier, Indonesian first with English beside it."""

from __future__ import annotations

STATUS = {
    "submitted": ("Diterima", "Submitted"),
    "verified": ("Terverifikasi", "Verified"),
    "assigned": ("Ditugaskan", "Assigned"),
    "in_progress": ("Dikerjakan", "In progress"),
    "resolved": ("Selesai", "Resolved"),
    "closed": ("Ditutup", "Closed"),
    "on_hold": ("Ditunda", "On hold"),
    "rejected": ("Diarsipkan", "Archived"),
    "out_of_authority": ("Bukan wewenang", "Outside authority"),
    "duplicate": ("Ganda", "Duplicate"),
    "reopened": ("Dibuka kembali", "Reopened"),
}

HEADINGS = {
    "title": ("Berkas laporan", "Complaint dossier"),
    "report": ("Laporan", "What was reported"),
    "place": ("Letak", "Where"),
    "who": ("Penanggung jawab dan tenggat", "Who handles it, and by when"),
    "history": ("Riwayat", "History"),
    "rating": ("Penilaian pelapor", "Rating by the sender"),
    "ombudsman": ("Langkah ke Ombudsman", "Turning to the Ombudsman"),
    "proof": ("Pembuktian", "Verification"),
    "sender": ("Diisi sendiri oleh pelapor", "To be filled in by the sender"),
}

LABELS = {
    "ticket": ("Nomor tiket", "Ticket"),
    "status": ("Status saat ini", "Status now"),
    "service": ("Jenis laporan", "Kind"),
    "submitted": ("Dikirim", "Sent"),
    "observed": ("Dilihat", "Seen"),
    "channel": ("Melalui", "Through"),
    "landmark": ("Patokan", "Landmark"),
    "flags": ("Sifat", "Kept back"),
    "supporters": ("Didukung", "Supported by"),
    "kelurahan": ("Kelurahan", "Ward"),
    "kecamatan": ("Kecamatan", "District"),
    "position": ("Titik koordinat", "Coordinates (WGS 84)"),
    "agency": ("Ditangani oleh", "Handled by"),
    "made": ("Dibuat", "Made"),
}

CHANNELS = {
    "web": ("Situs web", "Website"),
    "api": ("Aplikasi", "Application"),
    "call_112": ("Call Center 112", "Call center 112"),
    "letter": ("Surat", "Letter"),
    "counter": ("Loket", "Counter"),
    "media": ("Media massa", "Mass media"),
}

PROMISES = {
    "verify": ("Verifikasi", "Verification"),
    "answer": ("Tanggapan pertama", "First answer"),
    "resolve": ("Penyelesaian", "Resolution"),
}

VERDICTS = {
    "kept": ("Ditepati", "Kept"),
    "late": ("Terlambat", "Late"),
    "overdue": ("Lewat tenggat", "Overdue"),
    "running": ("Masih berjalan", "Running"),
    "paused": ("Dijeda", "Paused"),
}

COLUMNS = (
    ("Janji", "Promise"),
    ("Tenggat", "Deadline"),
    ("Terlaksana", "Done"),
    ("Hasil", "Result"),
)

CONFIDENTIAL = ("Rahasia: isi tidak tampil untuk publik", "Confidential: not shown in public")
ANONYMOUS = ("Anonim: nama tidak diberitahukan kepada instansi", "Anonymous towards the agency")
SIMULATED = ("Data simulasi", "Simulated data")
BOUNDARIES = "Batas kelurahan"
APPROXIMATE = (
    "perkiraan, bukan batas resmi pemerintah",
    "approximate boundaries, not the official ones",
)

ANSWER = ("Tanggapan instansi", "Answer of the agency")
REPLY = ("Balasan pelapor", "Reply of the sender")
AGREED = ("Pelapor menyatakan selesai", "The sender agrees")
RATED = ("Pelapor menilai: {stars} dari 5 bintang", "Rated {stars} of 5 stars")
ESCALATED = ("Pelapor memilih meneruskan ke Ombudsman", "The sender turns to the Ombudsman")
HANDLED_BY = ("Ditangani oleh {agency}", "Handled by another agency")
MOVED = ("Tenggat disesuaikan", "Deadline moved")
PASSED_ON = "Diteruskan kepada {authority}."
NEW_DUE = "Tenggat baru: {after} (sebelumnya {before})."
LEFT_OUT = "{count} foto lain tidak dicetak di sini."

OFFERED = (
    "Tenggat penyelesaian laporan ini telah lewat. Pelapor boleh memilih untuk meneruskannya ke "
    "{name}: {website}, telepon {phone}. Berkas ini dapat dibawa sebagai lampiran."
)
OFFERED_EN = "The deadline has passed; the sender may turn to the Ombudsman with this dossier."
CHOSEN = (
    "Pada {moment} pelapor memilih meneruskan laporan ini ke {name}: {website}, telepon {phone}."
)
CHOSEN_EN = "The sender chose to turn to the Ombudsman."

SEALED = (
    "Setiap catatan riwayat disegel: sidik (SHA-256) tiap catatan dihimpun dalam segel bernomor "
    "yang diumumkan di {address}. Bila catatan diubah setelah disegel, sidiknya tidak lagi cocok. "
    "Auditor kota atau Ombudsman dapat meminta pemeriksaan segel berikut."
)
SEALED_EN = (
    "Entries are sealed; seals are published. Ask the city's auditor to verify the seals below."
)
NOT_SEALED = "belum disegel (not sealed yet)"
SEAL = "Segel {number} · {moment}"
IN_SEAL = "segel {number}"
ENTRY = "{number}. {moment} · {seal}"

SENDER_LINES = ("Nama", "Alamat", "Telepon", "Tanggal dan tanda tangan")
