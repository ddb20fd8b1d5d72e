

2.0„”âÏ‡
a1*€
ô÷áÏ”°âÏ*	18*s-908R7

Detour on route 18en

DesvÃ­o en la ruta 18esZ&
$
Buses do not serve Remount Rd.enp