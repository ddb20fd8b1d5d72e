

2.0Ñî‚œ\
a1*V*	18*s-908R

Elevator out of serviceZ&
$
Buses do not serve Remount Rd.enp